"""Experiments of the papers beside what is proved: long runs that can be stopped and go on."""
