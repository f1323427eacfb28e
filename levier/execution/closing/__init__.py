"""The end of a contract: bilan, close, attestation anybody can verify, situation of people after."""
