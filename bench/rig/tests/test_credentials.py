import unittest

from rig import credentials


class CredentialsTest(unittest.TestCase):
    def test_verifier_is_what_postgresql_makes(self):
        # CREATE ROLE … PASSWORD 'pencil' of RFC 7677's example: the salt and the keys follow from it.
        salt = b"\x5b\x6d\x99\x68\x9d\x12\x35\x8e\xec\xa0\x4b\x14\x12\x36\xfa\x81"

        verifier = credentials.scram_verifier("pencil", salt, 4096)

        self.assertEqual(
            verifier,
            "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY="
            ":wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
        )
