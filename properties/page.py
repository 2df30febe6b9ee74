"""One self-contained page about a campaign."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import jinja2

from certify.certificate import write_whole
from certify.errors import InputError
from properties.campaign import CampaignResult


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
    write_whole(target, _environment().get_template("campaign.html").render(result=result.as_json()))
    return target


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("properties"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
