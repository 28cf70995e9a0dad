-- expect: ok
return print
