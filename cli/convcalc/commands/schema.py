"""convcalc schema"""

from __future__ import annotations

import json

import click

from ..render.formats.choice import Rendered
from ..schema import document_schema
from .options import output_option
from .output import emit


@click.command()
@output_option
def command(output: str | None) -> None:
    """The JSON Schema of the language, for editors.

    \b
    convcalc schema -o convcalc.schema.json

    An editor with the YAML language server completes, explains and checks a file that has this line
    and the schema beside it:

    \b
      # yaml-language-server: $schema=convcalc.schema.json
    """
    text = json.dumps(document_schema(), indent=1, ensure_ascii=False, allow_nan=False)
    emit(Rendered([text, "\n"]), output)
