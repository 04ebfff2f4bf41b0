"""What is broken on purpose. Assertions outside the test modules tell what they compared, too."""

import pytest

pytest.register_assert_rewrite("tests.faults.story")
