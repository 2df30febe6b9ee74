"""The papers' claims, reproduced: what certificates and enclosures say of each."""

from reports.papers.reproducing import PAPERS, reproduce, text_report

__all__ = ["PAPERS", "reproduce", "text_report"]
