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
