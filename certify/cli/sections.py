"""How `certify --help` lists its commands: by what one wants to do, each with a whole sentence."""

from __future__ import annotations

from collections.abc import Mapping

import click

SENTENCE = 200
SECTIONS: Mapping[str, tuple[str, ...]] = {
    "Prove and check": ("prove", "check", "show", "spectrum", "export"),
    "Look": ("report", "compare", "reproduce", "experiments"),
    "Training and finite networks": ("train", "memorise", "finite", "promise", "series"),
    "Kernel libraries and CI": ("audit", "probe", "gate"),
}


class SectionedGroup(click.Group):
    """A group whose help sorts commands into sections; a command of none comes last, under "More"."""

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        named = {name for names in SECTIONS.values() for name in names}
        others = tuple(name for name in self.list_commands(context) if name not in named)
        for title, names in (*SECTIONS.items(), ("More", others)):
            rows = [
                (name, command.get_short_help_str(SENTENCE))
                for name in names
                if (command := self.get_command(context, name)) is not None and not command.hidden
            ]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)
