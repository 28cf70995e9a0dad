-- expect: error ; text=/nil/
error()
