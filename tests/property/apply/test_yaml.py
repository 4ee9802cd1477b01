"""No text makes the reader do anything but read it or say what is wrong."""

import contextlib

from hypothesis import given
from hypothesis import strategies as st

from yunhu.entrypoints.apply_file import read_tenant_file
from yunhu.entrypoints.apply_yaml import Fault, FileInvalidError
from yunhu.entrypoints.up_first_start import example_text

EXAMPLE = example_text()


@given(st.text(st.sampled_from("abc: -[]{}\n\"'#&*!|>%@,?1\t"), max_size=200))
def test_given_any_text_when_read_then_only_the_expected_error_is_raised(text):
    with contextlib.suppress(FileInvalidError):
        read_tenant_file(text)


@given(
    st.integers(0, len(EXAMPLE)), st.integers(0, 40), st.sampled_from(["", ":", "[", "\n- ", "x", "~", "1"])
)
def test_given_a_damaged_example_when_read_then_every_fault_has_a_place_in_it(at, cut, put):
    text = EXAMPLE[:at] + put + EXAMPLE[at + cut :]
    faults: list[Fault] = []
    try:
        read_tenant_file(text)
    except FileInvalidError as error:
        faults = error.faults
    assert all(1 <= fault.line <= text.count("\n") + 2 and fault.message for fault in faults)
