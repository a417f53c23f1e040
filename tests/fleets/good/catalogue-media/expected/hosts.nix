# Written by Cistern from hosts. Changes belong in a module of your own, which has the last word.
# cistern 1 in=48585daccb473f5c7b7017e7d9cc96eb body=d8f0635ad8abff6ee77cc5cfca364630 words=278d2c73045674eaa1cf1ee6d9686fb7
{
  books = {
    system = "x86_64-linux";
    module = ./hosts/books.nix;
    tags = [ ];
  };
  media = {
    system = "x86_64-linux";
    module = ./hosts/media.nix;
    tags = [ ];
  };
  streams = {
    system = "x86_64-linux";
    module = ./hosts/streams.nix;
    tags = [ ];
  };
  web = {
    system = "x86_64-linux";
    module = ./hosts/web.nix;
    tags = [ ];
  };
}
