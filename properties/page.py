"""One self-contained page about a campaign."""

from __future__ import annotations

from pathlib import Path

from certify.certificate import write_whole
from certify.errors import InputError
from properties.campaign import CampaignResult
from reports.site import render_alone


def write_campaign_page(result: CampaignResult, directory: Path) -> Path:
    """Write `probe.html` into the directory, which is made where it is missing, and give its path.

    Raises InputError where it cannot be written.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"the report directory {str(directory)!r} cannot be made ({error.strerror}): choose another place."
        ) from None
    target = directory / "probe.html"
    write_whole(target, render_alone("campaign", result.as_json()))
    return target
