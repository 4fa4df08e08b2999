"""The operator's tools see figures, with the token and not without."""

import pytest


@pytest.fixture
def environ():
    return {"POBACH_METRICS_TOKEN": "t0ken"}


def test_figures_are_for_the_holder_of_the_token(client):
    answer = client.get("/metrics", headers={"Authorization": "Bearer t0ken"})

    assert answer.status_code == 200
    assert "pobach_overdue_seconds 0.0" in answer.text


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer other"}, {"Authorization": "Bearer "}]
)
def test_without_it_there_is_nothing_here(client, headers):
    assert client.get("/metrics", headers=headers).status_code == 404
