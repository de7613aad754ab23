"""Comments: conversations whose readers are chosen first and never become more; see rules first."""
