from satark.uve.tables import BY_API_TYPE, BY_RAW, TABLES, api_type, raw_table, split_key


class TestTables:
    def test_are_those_of_the_original(self) -> None:
        """All types of the appendix, each once."""
        assert 37 == len(TABLES) == len(BY_RAW) == len(BY_API_TYPE)
        assert BY_API_TYPE["vrouter"].is_global
        assert not BY_API_TYPE["virtual-network"].is_global

    def test_are_named_in_both_ways(self) -> None:
        """A name that is not known stands for itself, so that a new daemon's objects can be asked for."""
        assert ("virtual-network", "ObjectVNTable") == (api_type("ObjectVNTable"), raw_table("virtual-network"))
        assert ("ObjectNewTable", "ObjectNewTable") == (api_type("ObjectNewTable"), raw_table("ObjectNewTable"))


class TestKeys:
    def test_are_split_at_the_first_colon(self) -> None:
        """Names have colons of their own."""
        assert ("ObjectVNTable", "default:admin:vn1") == split_key("ObjectVNTable:default:admin:vn1")
