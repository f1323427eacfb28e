"""Tests of accounts, organisations and invitations."""
