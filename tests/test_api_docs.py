"""Programs and people find the same description of the API."""


def test_the_description_is_openapi_3_1(client):
    answer = client.get("/api/v1/openapi.json")

    assert answer.status_code == 200
    assert answer.json["openapi"].startswith("3.1")


def test_people_read_it_under_our_own_headers(client):
    answer = client.get("/api/v1/docs")

    assert answer.status_code == 200
    assert "openapi.json" in answer.text
