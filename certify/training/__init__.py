"""How infinitely wide networks train on given data: the flow of Jacot, Gabriel and Hongler (2018), proved."""

from certify.training.answer import Component, Interval, Moment, Training
from certify.training.early_stopping import EarlyStopping
from certify.training.training import train

__all__ = ["Component", "EarlyStopping", "Interval", "Moment", "Training", "train"]
