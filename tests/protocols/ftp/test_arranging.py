import pytest

from tests.protocols.ftp.dialogues import CLIENT, PASV, PORT, Finish, Talk, log_in


def said(*lines: str):
    talk = Talk()
    return talk.hold(*log_in(), *(f"{line}\r\n".encode() for line in lines))


def test_227_has_the_servers_address_and_the_port_as_two_numbers():
    assert said("PASV").lines == (b"227 Entering Passive Mode (212,227,90,117,5,99)\r\n",)
    assert 5 * 256 + 99 == 1_379


def test_229_has_the_port_alone():
    assert said("EPSV").lines == (b"229 Entering Extended Passive Mode (|||1379|)\r\n",)
    assert said("EPSV 1").why == "extended-passive"


def test_a_server_without_a_free_port_has_nothing_arranged():
    talk = Talk(port=None)
    assert talk.hold(*log_in(), PORT, PASV).then == "ready"
    assert talk.hold(b"NLST\r\n").why == "no-data-connection"


@pytest.mark.parametrize("port", ["PORT 10,0,0,99,4,1", "EPRT |1|10.0.0.99|1025|", "PORT 212,227,90,117,0,21"])
def test_data_goes_to_no_third_party(port):
    answer = said(port, "NLST")
    assert answer.why == "no-data-connection"
    assert said(port).lines[0].startswith(b"504 ")


@pytest.mark.parametrize("port", [f"PORT {CLIENT.replace('.', ',')},0,25", f"EPRT |1|{CLIENT}|1023|"])
def test_data_goes_to_no_port_below_1024(port):
    assert said(port).why == "low-port"
    assert said(f"EPRT |1|{CLIENT}|1024|").why == "eprt-ok"


def test_522_names_the_protocol_that_is_supported():
    assert said("EPRT |2|::1|5282|").lines == (b"522 Network protocol not supported, use (1)\r\n",)
    assert said("EPSV 2").lines == (b"522 Network protocol not supported, use (1)\r\n",)


def test_epsv_all_is_answered_200_and_refuses_everything_but_epsv():
    assert said("EPSV ALL").lines[0].startswith(b"200 ")
    for refused in ("PASV", f"PORT {CLIENT.replace('.', ',')},4,1", f"EPRT |1|{CLIENT}|1025|"):
        assert said("EPSV ALL", refused).lines[0].startswith(b"503 ")
    assert said("EPSV ALL", "EPSV").why == "extended-passive"
    assert said("EPSV ALL", "EPSV", "NLST").why == "opening"


def test_epsv_all_holds_for_the_connection_whoever_logs_in():
    assert said("EPSV ALL", "REIN", "USER ecki", "PASS geheim", "PASV").why == "after-epsv-all"


@pytest.mark.parametrize("again", ["PORT 127,0,0,1,4,2", "EPRT |1|127.0.0.1|1026|"])
@pytest.mark.parametrize("first", ["PASV", "PORT 127,0,0,1,4,1"])
def test_the_last_that_was_arranged_holds_and_the_first_is_given_up(first, again):
    assert said(first, again).drops
    begins = said(first, again, "NLST").begins
    assert begins
    assert begins.address == ("127.0.0.1", 1_026)


@pytest.mark.parametrize("first", ["PORT 127,0,0,1,4,1", "PASV"])
def test_pasv_listens_whatever_was_arranged_and_keeps_its_own_port(first):
    assert not said(first, "PASV").drops
    begins = said(first, "PASV", "NLST").begins
    assert begins
    assert begins.address is None


def test_a_port_that_is_refused_leaves_what_was_arranged():
    answer = said("PORT 127,0,0,1,4,1", "PORT 127,0,0,1,0,1")
    assert (answer.then, answer.drops) == ("active", False)
    assert said("PASV", "PORT 10,0,0,99,4,1", "NLST").why == "opening"


@pytest.mark.parametrize("line", ["QUIT", "REIN", "USER ecki", "ABOR"])
def test_what_is_arranged_ends_with_the_login(line):
    assert said("PASV", line).drops
    assert not said(line).drops


def test_a_transfers_end_gives_up_nothing_more():
    talk = Talk()
    assert not talk.hold(*log_in(), PASV, b"NLST\r\n").drops
    assert not talk.hold(Finish()).drops
