"""Drawing: the forms with which a coordinator draws a journey and owners keep their cards."""
