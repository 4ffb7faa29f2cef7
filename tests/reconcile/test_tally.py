"""Sums: every arrival is counted once, whatever became of it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from safelight.model.digests import ObjectId, PhotoId
from safelight.model.records import Dropped, Duplicate, Refused
from safelight.plan.steps import PhotoPlan
from safelight.projection.state import Arrival, PhotoState, State
from safelight.reconcile.tally import tally

STANDINGS = st.sampled_from(["working", "needs_you", "excluded", "done", "waits_rules"])


@given(
    st.lists(st.tuples(STANDINGS, st.booleans(), st.booleans()), max_size=12),
    st.integers(0, 5), st.integers(0, 5), st.integers(0, 5), st.integers(0, 5),
)  # fmt: skip
@settings(deadline=None)
def test_the_sum_is_what_arrived(
    rows: list[tuple[str, bool, bool]], refused: int, twice: int, ignored: int, waiting: int
) -> None:
    """Photos planned or not, in the book or not, refused files, duplicates, junk and files still in the inbox."""
    state, plans, pages = State(), {}, {}
    for number, (standing, planned, printed) in enumerate(rows):
        photo = PhotoId(f"{number:064x}")
        state.photos[photo] = PhotoState(photo, number, Dropped(photo, ObjectId("d"), 1, 1, 1, "JPEG"), "")
        if planned:
            plans[photo] = PhotoPlan(photo, standing)  # type: ignore[arg-type]
        if printed:
            pages[photo] = 3
    state.refused = [Arrival(Refused(ObjectId("o"), ObjectId("d"), "cut_off"), 1, "")] * refused
    state.duplicates = [Arrival(Duplicate(PhotoId("p"), ObjectId("d")), 1, "")] * twice
    counts = tally(state, plans, pages, ignored, waiting)
    assert counts.arrived == len(rows) + refused + twice + ignored + waiting
    assert counts.to_json()["arrived"] == sum(v for k, v in counts.to_json().items() if k != "arrived")
    in_book = sum(planned and standing == "done" and printed for standing, planned, printed in rows)
    assert counts.in_book == in_book
