"""What scripts and programs ask for: several totals at once, and what there is."""

import convcalc


def test_dir_has_what_can_be_used():
    names = [name for name in dir(convcalc) if not name.startswith("_")]
    assert names == ["ConvcalcError", "Network", "SpecError", "UsageError", "load", "loads"]
    assert "__version__" in dir(convcalc)
    assert all(hasattr(convcalc, name) for name in dir(convcalc))


def test_several_fields_stand_behind_the_spec(run):
    # Szegedy et al. 2014, Figure 2
    assert run("summary", "inception3a#reduced", "--field", "params,macs").out == "163328\t128049152\n"
    assert run("summary", "inception3a", "--field", "params,macs").out.splitlines() == [
        "inception3a#naive\t387072\t303464448",
        "inception3a#reduced\t163328\t128049152",
    ]
    assert 'did you mean "params"?' in run("summary", "inception3a", "--field", "macs,parms").err
