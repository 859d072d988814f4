"""For the ground: a data folder of one's own, and somebody who uploads into it."""

import pytest

from tests.uploading import Office


@pytest.fixture
def folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def office(folder, clerk, client_of, django_capture_on_commit_callbacks):
    """The officer of 近山镇 at a browser."""
    return Office(client_of(clerk), django_capture_on_commit_callbacks)
