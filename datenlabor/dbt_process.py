"""dbt as a process of its own: ``python -P -m datenlabor.dbt_process build``.

The parsed project is a million objects that stay until the end. Python would look through them for
garbage again and again, a tenth of the time of a build, and two seconds more when it ends; what is
not collected takes 70 MB.
"""

import gc

from dbt.cli.main import cli

if __name__ == "__main__":
    gc.disable()
    try:
        cli(prog_name="dbt")
    finally:
        gc.freeze()
