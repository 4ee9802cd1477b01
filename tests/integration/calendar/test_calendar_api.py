"""A year's table over HTTP."""

from yunhu.foundation.calendar import blank_year

PATH = "/api/v1/operator/calendar"


async def test_given_an_unknown_year_when_reckoned_then_an_error_until_its_table_is_uploaded(operator_client):
    query = {"day": "2026-12-31", "count": 2}
    answer = await operator_client.get(f"{PATH}/working-days", params=query)
    assert (answer.status_code, answer.json()["id"]) == (409, "calendar.year_unknown")
    table = blank_year(2027).replace("2027-01-01,yes", "2027-01-01,no")

    uploaded = await operator_client.put(f"{PATH}/years/2027", json={"table": table})

    assert uploaded.status_code == 200, uploaded.text
    assert uploaded.json()[0]["working_days"] == 260
    answer = await operator_client.get(f"{PATH}/working-days", params=query)
    assert answer.json() == {"day": "2027-01-05", "working": True}


async def test_given_a_table_with_a_hole_when_uploaded_then_refused_and_nothing_is_known(operator_client):
    table = blank_year(2027).replace("2027-06-01,yes\n", "")

    answer = await operator_client.put(f"{PATH}/years/2027", json={"table": table})

    assert (answer.status_code, answer.json()["id"]) == (422, "calendar.file_invalid")
    assert (await operator_client.get(f"{PATH}/years")).json() == []


async def test_given_a_year_uploaded_twice_when_listed_then_the_latter_counts(operator_client):
    await operator_client.put(f"{PATH}/years/2027", json={"table": blank_year(2027)})
    await operator_client.put(
        f"{PATH}/years/2027", json={"table": blank_year(2027).replace("2027-01-01,yes", "2027-01-01,no")}
    )

    (year,) = (await operator_client.get(f"{PATH}/years")).json()

    assert (year["year"], year["working_days"]) == (2027, 260)


async def test_given_a_tenant_key_when_a_year_is_uploaded_then_forbidden(client):
    assert (await client.put(f"{PATH}/years/2027", json={"table": ""})).status_code == 403


async def test_given_known_and_unknown_years_when_their_standing_is_asked_then_each_says_who_knows_it(
    operator_client, clock
):
    this = clock.now().year
    await operator_client.put(f"{PATH}/years/{this + 2}", json={"table": blank_year(this + 2)})

    standing = (await operator_client.get(f"{PATH}/standing")).json()

    assert [one["year"] for one in standing] == [this + 2, this + 1, this, this - 1]
    assert standing[0]["source"] == "uploaded"
    assert standing[0]["working_days"] == blank_year(this + 2).count(",yes")
    assert standing[0]["uploaded_by"]
    assert (standing[-1]["source"], standing[-1]["uploaded_at"]) == ("library", None)
    oldest = (await operator_client.get(f"{PATH}/standing", params={"order": "oldest"})).json()
    assert oldest == standing[::-1]
    unknown = await operator_client.get(f"{PATH}/years/2190")
    assert (unknown.status_code, unknown.json()["id"]) == (409, "calendar.year_unknown")


async def test_given_a_year_of_the_library_when_its_days_are_asked_then_the_make_up_sunday_is_worked(
    operator_client,
):
    days = (await operator_client.get(f"{PATH}/years/2025")).json()

    assert days["source"] == "library"
    assert "2025-01-26" in days["working"]
    assert "2025-01-28" not in days["working"]
