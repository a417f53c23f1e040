{
  disko.devices.disk.main = {
    device = "/dev/disk/by-id/ata-X";
    content.type = "gpt";
    content.partitions.root.content = {
      type = "filesystem";
      format = "ext4";
      mountpoint = "/";
    };
  };
}
