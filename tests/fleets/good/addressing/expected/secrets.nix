# Written by Cistern from secrets. Changes belong in a module of your own, which has the last word.
# cistern 1 in=426c777dbe5f723fce0f5245d0c9407e body=1d6faa9e1a76d13f3ab8558a3640158b words=44136fa355b3678a1146ad16f7e8649e
{ }
