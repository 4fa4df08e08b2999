"""What is given: businesses, their places, offers, weekly hours and bookable times; what is nearby."""
