"""Control of a contract: how it goes, what happened, the default step by step up to the buyer's decision."""
