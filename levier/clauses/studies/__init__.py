"""The calibration study of a lot: scenarios, versions, what bounds the hours, what is proposed and signed."""
