"""`$(...)`: what it computes, how exactly, and what it refuses."""

import pytest

import convcalc


def channels(expression, **parameters):
    """The value of an expression, as the number of channels that leave a layer."""
    declared = "".join(f", {name}: {value}" for name, value in parameters.items())
    text = f"input: [12, 4, 4]\nparameters: {{unused: 1{declared}}}\nlayers: conv 1x1 $({expression})"
    return convcalc.loads(text).output_shape[0]


def mistake(expression, **parameters):
    with pytest.raises(convcalc.SpecError) as caught:
        channels(expression, **parameters)
    (problem,) = caught.value.problems
    assert (problem.mark.line, problem.mark.column) == (3, len("layers: conv 1x1 ") + 1)
    return problem.message


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("7", 7),
        ("8/2", 4),
        ("7/2*2", 7),
        ("12/8*6", 9),
        ("min(9, 7, 8)", 7),
        ("max(1, 3, 2)", 3),
        ("floor(7/2)", 3),
        ("ceil(7/2)", 4),
        ("divisible(33, 4)", 32),
        ("divisible(17, 5)", 20),  # 15 would lose over 10 %
        ("divisible(1, 8)", 8),
        ("5+(2<3)", 6),
        ("5+(3<=2)", 5),
        ("(1+1==2)+(2!=2)", 1),
        ("2>1", 1),
        ("3+1>=2+2", 1),
        ("2+3*4", 14),
        ("(2+3)*4", 20),
        ("10-4-3", 3),
        ("10-(4-3)", 9),
        ("2*3+4*5", 26),
        ("100//7//2", 7),
        ("100//(7//2)", 33),
        ("7*100//8", 87),
        ("100//8*7", 84),
        ("1+9//2", 5),
        ("20-9//2*2", 12),
        ("((((5))))", 5),
        (" 2  + 3 ", 5),
        ("007", 7),
    ],
)
def test_products_come_before_sums_and_equals_go_from_left_to_right(expression, value):
    assert channels(expression) == value


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("0.1*30", 3),
        ("0.1+0.2+0.7", 1),
        ("0.1*3-0.3+1", 1),
        ("0.07*100", 7),
        ("1.1*1.1*100", 121),
        ("0.000001*1000000", 1),
        ("2.50*2", 5),
        ("3.0", 3),
        ("9007199254740993-9007199254740992", 1),
        ("1000000000000000000-999999999999999999", 1),
    ],
)
def test_decimals_and_large_numbers_are_exact(expression, value):
    assert channels(expression) == value


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("7//2", 3),
        ("6//2", 3),
        # 0.7 / 0.1 is 7, where floats give 6
        ("0.7//0.1", 7),
        ("7.5//2", 3),
        ("1//0.3", 3),
        # −3.5 rounds down to −4
        ("(0-7)//2+10", 6),
        ("7//(0-2)+10", 6),
        ("(0-7)//(0-2)", 3),
    ],
)
def test_division_rounds_down(expression, value):
    assert channels(expression) == value


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("max(3, 8)", 8),
        ("max(8, 3)", 8),
        ("max(2, 0-9)", 2),
        ("2*max(1+1, 3)+1", 7),
        ("max(max(1, 4), max(2, 3))", 4),
        ("max(0.5, 0.25)*2", 1),
        ("round8(max(9, 15))", 16),
    ],
)
def test_max_is_the_larger_of_two(expression, value):
    assert channels(expression) == value


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("round8(8)", 8),
        ("round8(64)", 64),
        # at least 8
        ("round8(0)", 8),
        ("round8(1)", 8),
        ("round8(5.6)", 8),
        # nearest: 44.8 is 3.2 from 48 and 4.8 from 40
        ("round8(32*1.4)", 48),
        ("round8(22.4)", 24),
        # half way goes up
        ("round8(12)", 16),
        ("round8(20)", 24),
        ("round8(100)", 104),
        # 33.6 to 32 loses 4.8 %, 8.8 to 8 loses 9.1 %, 24.5 to 24 loses 2 %
        ("round8(96*0.35)", 32),
        ("round8(8.8)", 8),
        ("round8(24.5)", 24),
        # one step up: 11.2 to 8 would lose 29 %, 9 to 8 would lose 11.1 %, 18 to 16 would lose 11.1 %
        ("round8(32*0.35)", 16),
        ("round8(9)", 16),
        ("round8(18)", 24),
        ("round8(19.9)", 24),
        # 27 to 24 would lose 11.1 %, 26 to 24 loses 7.7 %
        ("round8(27)", 32),
        ("round8(26)", 24),
        # 35.9 to 32 would lose 10.9 %, 35.5 to 32 loses 9.9 %
        ("round8(35.9)", 40),
        ("round8(35.5)", 32),
        # from 40 on the nearest multiple never loses a tenth
        ("round8(43.9)", 40),
        # MobileNetV2 (Sandler et al. 2018) at width 1.4: 1280 features become 1792
        ("round8(1280*1.4)", 1792),
    ],
)
def test_round8_is_mobilenets_rounding(expression, value):
    assert channels(expression) == value


@pytest.mark.parametrize(
    ("expression", "value"),
    [("n", 6), ("n*n", 36), ("n//4", 1), ("a*n", 3), ("long_Name2+1", 12), ("in", 12), ("in//4+n", 9)],
)
def test_names_stand_for_parameters_and_in_for_the_channels(expression, value):
    assert channels(expression, n=6, a=0.5, long_Name2=11) == value


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("3//2*1.5", "1.5"),
        ("0.25", "0.25"),
        ("1-1", "0"),
        ("2-5", "-3"),
        ("0.5-1", "-0.5"),
        ("n", "2.5"),
    ],
)
def test_where_a_whole_number_is_needed_the_error_shows_the_value(expression, value):
    message = mistake(expression, n="2.5")
    assert f'"{value}"' in message
    assert f"$({expression})" in message


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "1+",
        "*2",
        "1 2",
        "1/2",
        "2**3",
        "7%2",
        "(1",
        "1)",
        "()",
        "1,2",
        "max",
        "max(1)",
        "max()",
        "max(1,)",
        "round8(1, 2)",
        "round8()",
        "least(1, 2)",
        "abs(1)",
        "nobody",
        "$n",
        "1e3",
        "0x10",
        "1_000",
        ".5",
        "5.",
        "1.2.3",
        "n.real",
        "n[0]",
        "'1'",
        "n=2",
        "1<2<3",
        "é",
        "٣",
        "1//0",
        "1//(n-n)",
        "__import__",
    ],
)
def test_any_other_notation_is_an_error_at_the_expression(expression):
    text = f"input: [12, 4, 4]\nparameters: {{n: 6}}\nlayers: conv 1x1 $({expression})"
    with pytest.raises(convcalc.SpecError) as caught:
        convcalc.loads(text)
    (problem,) = caught.value.problems
    assert (problem.mark.line, problem.mark.column) == (3, len("layers: conv 1x1 ") + 1)


def test_an_expression_with_spaces_is_one_word():
    text = "input: [12, 4, 4]\nlayers: conv 3x3 $( 2 * (in + 1) ) valid"
    assert convcalc.loads(text).output_shape == (26, 2, 2)


def test_numbers_are_within_ten_to_the_eighteenth():
    assert channels("1000000000*1000000000//1000000000000000000") == 1
    assert channels("1000000000000000000//1000000000000000") == 1000
    for beyond in (
        "1000000000000000001//1000000000000000001",
        "(1000000000000000000+1)//1000000000000000000",
        "1000000000*1000000001//1000000000000000000",
        "(0-1000000000000000000-1)//(0-1000000000000000000)",
    ):
        assert "10^18" in mistake(beyond)


def test_denominators_are_within_ten_to_the_eighteenth():
    # 10^-9 · 10^-9 = 10^-18, and a tenth of that is beyond
    assert channels("0.000000001*0.000000001*1000000000000000000") == 1
    assert "10^18" in mistake("0.000000001*0.0000000001*1000000000000000000")


def test_an_intermediate_beyond_the_limit_is_an_error_even_if_the_result_is_small():
    assert "10^18" in mistake("n*n*n//n//n//n", n=1000001)


def test_an_expression_has_at_most_256_characters():
    # 127 times "1+" and "12" are 256 characters; another space is one too many
    longest = "1+" * 127 + "12"
    assert len(longest) == 256
    assert channels(longest) == 139
    assert "256" in mistake(longest + " ")


def test_parentheses_may_nest():
    assert channels("(" * 60 + "9" + ")" * 60) == 9
