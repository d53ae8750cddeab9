DATE_FORMAT = "d.m.Y"
