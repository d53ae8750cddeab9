import pytest

from refunds.rules.woven import changed, each, unwoven, woven


def test_rows_come_apart_and_together():
    columns = unwoven(b"1\ta\n2\tb\n3\t", 2)
    assert columns == [[b"1", b"2", b"3"], [b"a", b"b", b""]]
    assert woven([b"<", b"=", b">"], columns) == b"<1=a><2=b><3=>"


def test_columns_of_unequal_length_are_no_rows():
    with pytest.raises(ValueError, match="sequence of size"):
        woven([b"<", b"=", b">"], unwoven(b"1\ta\n2", 2))


def test_equal_cells_are_made_once():
    made = []
    assert each([b"a", b"b", b"a"], lambda cell: made.append(cell) or cell.upper()) == [
        *(b"A", b"B", b"A")
    ]
    assert sorted(made) == [b"a", b"b"]


def test_a_sign_is_changed_in_all_cells():
    assert changed([b"1.5", b"", b".."], b".", b",") == [b"1,5", b"", b",,"]
