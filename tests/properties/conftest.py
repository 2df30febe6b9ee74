"""What the entry point does where the package is installed, done here for a checkout as well."""

from __future__ import annotations

from properties.registration import register

register()
