# Lists.
{ lib }:
let
  inherit (builtins)
    elem
    elemAt
    filter
    foldl'
    genList
    length
    ;
in
{
  inherit (builtins)
    all
    any
    concatLists
    concatMap
    elem
    elemAt
    filter
    foldl'
    genList
    groupBy
    head
    isList
    length
    map
    partition
    sort
    tail
    ;

  # count :: (a -> bool) -> [a] -> int
  count = keep: list: length (filter keep list);

  # drop, take :: int -> [a] -> [a]
  drop =
    n: list:
    let
      from = lib.max 0 n;
    in
    genList (i: elemAt list (from + i)) (lib.max 0 (length list - from));
  take = n: list: genList (elemAt list) (lib.max 0 (lib.min n (length list)));

  # findFirst :: (a -> bool) -> a -> [a] -> a
  findFirst =
    accept: fallback: list:
    let
      found = filter accept list;
    in
    if found == [ ] then fallback else builtins.head found;

  # flatten :: nested lists -> list
  flatten = value: if builtins.isList value then builtins.concatMap lib.flatten value else [ value ];

  # foldl, foldr :: (state and element) -> state -> [element] -> state
  foldl = foldl';
  foldr =
    step: start: list:
    foldl' (state: element: step element state) start (lib.reverseList list);

  # forEach :: [a] -> (a -> b) -> [b]
  forEach = list: f: map f list;

  # imap0, imap1 :: (int -> a -> b) -> [a] -> [b]
  imap0 = f: list: genList (i: f i (elemAt list i)) (length list);
  imap1 = f: list: genList (i: f (i + 1) (elemAt list i)) (length list);

  # intersectLists, subtractLists :: [a] -> [a] -> [a]
  intersectLists = wanted: filter (element: elem element wanted);
  subtractLists = unwanted: filter (element: !(elem element unwanted));

  # last, init :: [a] -> a, [a] -> [a]
  last = list: elemAt list (length list - 1);
  init = list: lib.take (length list - 1) list;

  # naturalSort stands for a sort of plain strings here.
  naturalSort = builtins.sort (a: b: a < b);

  # optional, optionals :: bool -> a -> [a], bool -> [a] -> [a]
  optional = condition: element: if condition then [ element ] else [ ];
  optionals = condition: list: if condition then list else [ ];

  # range :: int -> int -> [int], both ends included
  range = first: end: if first > end then [ ] else genList (i: first + i) (end - first + 1);

  # reverseList :: [a] -> [a]
  reverseList =
    list:
    let
      n = length list;
    in
    genList (i: elemAt list (n - 1 - i)) n;

  # singleton, toList :: a -> [a]
  singleton = element: [ element ];
  toList = value: if builtins.isList value then value else [ value ];

  # unique :: [a] -> [a], the first of equals stays
  unique = foldl' (seen: element: if elem element seen then seen else seen ++ [ element ]) [ ];
  uniqueStrings = list: builtins.attrNames (builtins.groupBy (text: text) list);

  # zipListsWith :: (a -> b -> c) -> [a] -> [b] -> [c]
  zipListsWith =
    f: a: b:
    genList (i: f (elemAt a i) (elemAt b i)) (lib.min (length a) (length b));
}
