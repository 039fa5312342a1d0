"""What is printed: the one declaration by which every workbook and every page lies on paper."""
