# Written by Cistern from secrets. Changes belong in a module of your own, which has the last word.
# cistern 1 in=5a5dbaf54918d824f71ef5f4e78e445a body=1d6faa9e1a76d13f3ab8558a3640158b words=44136fa355b3678a1146ad16f7e8649e
{ }
