"""What a resolver remembers, for how long, and what it believes more."""

import dns.name
import dns.rrset
import pytest
from dns.rdatatype import RdataType

from protocols import limits
from protocols.dns.cache import Absent, Cache, Trust

NOW = 1_000_000
WWW = dns.name.from_text("www.lentil.edu.")


def rrset(text: str) -> dns.rrset.RRset:
    """The record set of "name ttl type data"; more data with a bar between."""
    name, ttl, kind, data = text.split(" ", 3)
    return dns.rrset.from_text(name, int(ttl), "IN", kind, *data.split(" | "))


def soa(ttl: int = 3600, minimum: int = 900) -> dns.rrset.RRset:
    return rrset(f"lentil.edu. {ttl} SOA ns1.lentil.edu. hostmaster.lentil.edu. 1 7200 900 86400 {minimum}")


@pytest.fixture
def cache():
    return Cache()


def test_a_time_to_live_counts_down_to_its_end(cache):
    assert cache.put(rrset("www.lentil.edu. 60 A 10.0.0.2"), Trust.ANSWER, NOW)
    assert [cache.find(WWW, RdataType.A, NOW + after).ttl for after in (0, 1, 59)] == [60, 59, 1]
    assert cache.find(WWW, RdataType.A, NOW + 60) is None
    assert len(cache) == 0


def test_a_time_to_live_of_0_is_for_the_moment_only(cache):
    assert not cache.put(rrset("www.lentil.edu. 0 A 10.0.0.2"), Trust.ANSWER, NOW)
    assert cache.find(WWW, RdataType.A, NOW) is None


def test_a_time_to_live_is_cut_to_a_week(cache):
    cache.put(rrset("www.lentil.edu. 2000000000 A 10.0.0.2"), Trust.ANSWER, NOW)
    assert cache.find(WWW, RdataType.A, NOW).ttl == limits.CACHE_SECONDS


@pytest.mark.parametrize(("first", "then", "kept"), [
    (Trust.GLUE, Trust.GLUE, "10.0.0.3"),
    (Trust.GLUE, Trust.AUTHORITY, "10.0.0.3"),
    (Trust.AUTHORITY, Trust.GLUE, "10.0.0.2"),
    (Trust.AUTHORITY, Trust.ANSWER, "10.0.0.3"),
    (Trust.ANSWER, Trust.AUTHORITY, "10.0.0.2"),
    (Trust.ANSWER, Trust.GLUE, "10.0.0.2"),
    (Trust.ANSWER, Trust.ANSWER, "10.0.0.3"),
])  # fmt: skip
def test_what_is_believed_less_does_not_replace_what_is_believed_more(cache, first, then, kept):
    cache.put(rrset("www.lentil.edu. 60 A 10.0.0.2"), first, NOW)
    assert cache.put(rrset("www.lentil.edu. 60 A 10.0.0.3"), then, NOW) == (kept == "10.0.0.3")
    assert cache.find(WWW, RdataType.A, NOW, Trust.GLUE)[0].address == kept


def test_what_is_over_gives_way_to_what_is_believed_less(cache):
    cache.put(rrset("www.lentil.edu. 60 A 10.0.0.2"), Trust.ANSWER, NOW)
    assert cache.put(rrset("www.lentil.edu. 60 A 10.0.0.3"), Trust.GLUE, NOW + 60)


def test_glue_and_referrals_are_no_answers(cache):
    cache.put(rrset("www.lentil.edu. 60 A 10.0.0.2"), Trust.GLUE, NOW)
    cache.put(rrset("lentil.edu. 60 NS ns1.lentil.edu."), Trust.AUTHORITY, NOW)
    assert cache.find(WWW, RdataType.A, NOW) is None
    assert cache.find(WWW.parent(), RdataType.NS, NOW) is None
    assert cache.find(WWW.parent(), RdataType.ANY, NOW) is None


def test_the_same_that_comes_again_is_kept_no_longer(cache):
    cache.put(rrset("lentil.edu. 60 NS ns1.lentil.edu."), Trust.AUTHORITY, NOW)
    assert not cache.put(rrset("lentil.edu. 60 NS ns1.lentil.edu."), Trust.AUTHORITY, NOW + 30)
    assert cache.find(WWW.parent(), RdataType.NS, NOW + 30, Trust.GLUE).ttl == 30


@pytest.mark.parametrize(("given", "seconds"), [
    (soa(3600, 900), 900),
    (soa(300, 900), 300),
    (soa(200_000, 100_000), limits.CACHE_SECONDS_NEGATIVE),
])  # fmt: skip
def test_what_does_not_exist_is_kept_for_the_least_of_what_its_soa_says_and_the_limit(cache, given, seconds):
    assert cache.put_absent(WWW, None, given, NOW)
    assert cache.find(WWW, RdataType.A, NOW).soa.ttl == seconds
    assert cache.find(WWW, RdataType.A, NOW + seconds - 1).soa.ttl == 1
    assert cache.find(WWW, RdataType.A, NOW + seconds) is None


@pytest.mark.parametrize("given", [soa(0, 900), soa(3600, 0)])
def test_what_does_not_exist_for_no_time_is_not_kept(cache, given):
    assert not cache.put_absent(WWW, None, given, NOW)
    assert len(cache) == 0


def test_a_name_that_does_not_exist_has_no_type(cache):
    cache.put(rrset("www.lentil.edu. 60 A 10.0.0.2"), Trust.ANSWER, NOW)
    cache.put_absent(WWW, None, soa(), NOW)
    for kind in (RdataType.A, RdataType.MX, RdataType.CNAME, RdataType.ANY):
        assert cache.find(WWW, kind, NOW).rcode == "NXDOMAIN"
    assert cache.find(WWW.parent(), RdataType.A, NOW) is None


def test_a_type_that_a_name_has_not_leaves_it_the_others(cache):
    cache.put(rrset("www.lentil.edu. 60 A 10.0.0.2"), Trust.ANSWER, NOW)
    cache.put_absent(WWW, RdataType.MX, soa(), NOW)
    assert cache.find(WWW, RdataType.MX, NOW) == Absent("NOERROR", cache.find(WWW, RdataType.MX, NOW).soa)
    assert cache.find(WWW, RdataType.A, NOW)[0].address == "10.0.0.2"
    assert cache.find(WWW, RdataType.ANY, NOW)[0].address == "10.0.0.2"
    assert cache.find(WWW, RdataType.TXT, NOW) is None


@pytest.mark.parametrize("absent", [None, RdataType.A])
def test_an_answer_ends_what_did_not_exist_and_glue_does_not(cache, absent):
    cache.put_absent(WWW, absent, soa(), NOW)
    assert not cache.put(rrset("www.lentil.edu. 60 A 10.0.0.2"), Trust.GLUE, NOW)
    assert cache.put(rrset("www.lentil.edu. 60 A 10.0.0.2"), Trust.ANSWER, NOW)
    assert cache.find(WWW, RdataType.A, NOW)[0].address == "10.0.0.2"
    assert cache.find(WWW, RdataType.MX, NOW) is None


def test_the_closest_zone_is_the_one_with_most_labels_of_the_name(cache):
    assert cache.find_delegation(WWW, NOW) is None
    cache.put(rrset("edu. 60 NS a.edu."), Trust.GLUE, NOW)
    cache.put(rrset("lentil.edu. 30 NS ns1.lentil.edu."), Trust.GLUE, NOW)
    cache.put(rrset("www.vuw.ac.nz. 60 NS x."), Trust.GLUE, NOW)
    assert cache.find_delegation(WWW, NOW).name.to_text() == "lentil.edu."
    assert cache.find_delegation(WWW, NOW + 30).name.to_text() == "edu."


def test_a_full_cache_drops_what_was_put_first(cache, monkeypatch):
    monkeypatch.setattr(limits, "CACHE_RECORDS", 4)
    cache.put(rrset("a. 60 A 10.0.0.1 | 10.0.0.2"), Trust.ANSWER, NOW)
    cache.put(rrset("b. 60 A 10.0.0.1"), Trust.ANSWER, NOW)
    cache.put_absent(dns.name.from_text("c."), None, soa(), NOW)
    assert len(cache) == 4
    cache.put(rrset("d. 60 A 10.0.0.1"), Trust.ANSWER, NOW)
    assert [bool(cache.find(dns.name.from_text(name), RdataType.A, NOW)) for name in "abcd"] == [
        False,
        True,
        True,
        True,
    ]
    assert len(cache) == 3
    cache.put(rrset("e. 60 A 1.1.1.1 | 1.1.1.2 | 1.1.1.3 | 1.1.1.4 | 1.1.1.5"), Trust.ANSWER, NOW)
    assert len(cache) == 0
