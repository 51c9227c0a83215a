"""What `make bench` builds by default Jupyter Book has all that our pages say."""

import re
import runpy
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_each_role_and_directive_of_ours_has_a_stand_in():
    stand_in = runpy.run_path(str(ROOT / "tools" / "stand_in.py"))
    code = "".join(p.read_text("utf-8") for p in (ROOT / "code/offcenter_site").rglob("*.py"))
    roles = re.findall(r'add_role(?:_to_domain)?\(\s*(?:"std",\s*)?"([\w-]+)"', code)
    directives = re.findall(r'add_directive(?:_to_domain)?\(\s*(?:"std",\s*)?"([\w-]+)"', code)
    assert {"value", "example", "preset"} <= {*roles}
    assert {"claim", "movable"} <= {*directives}
    assert set(roles) <= {*stand_in["ROLES"]}
    assert set(directives) <= {*stand_in["EMPTY"], *stand_in["HOLDING"]}
