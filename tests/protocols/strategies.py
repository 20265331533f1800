"""What Hypothesis needs to make events."""

from typing import Any, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from protocols.events import KINDS, Endpoint, Event


def _of(hint: Any) -> st.SearchStrategy[Any]:
    if type(None) in get_args(hint):
        return st.none() | _of(next(arm for arm in get_args(hint) if arm is not type(None)))
    if get_origin(hint) is tuple:
        return st.lists(st.text(max_size=5), max_size=3).map(tuple)
    if get_args(hint):
        return st.sampled_from(get_args(hint))
    if hint is Endpoint:
        return st.builds(Endpoint, host=st.text(max_size=9), address=st.text(max_size=9), port=st.integers(0, 65535))
    return {
        int: st.integers(0, 2**53),
        str: st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
        bytes: st.binary(max_size=50),
        bool: st.booleans(),
    }[hint]


def events() -> st.SearchStrategy[Event]:
    """Any event of any kind."""
    made = [
        st.builds(kind, **{name: _of(hint) for name, hint in get_type_hints(kind).items() if name != "kind"})
        for kind in KINDS.values()
    ]
    return st.one_of(made)
