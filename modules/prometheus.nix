# Refuses two scrape jobs of one name.
#
# `services.prometheus.scrapeConfigs' is a list, so the jobs that Cistern writes and those of hand-written
# modules are joined. Prometheus takes no second job of a name, but says so only when its configuration is
# checked, and with checkConfig = false only when it starts. Nothing is set here.
{
  config,
  lib,
  options,
  ...
}:
let
  cfg = config.services.prometheus;
  option = options.services.prometheus.scrapeConfigs;

  names = map (job: job.job_name) cfg.scrapeConfigs;
  repeated = lib.unique (lib.filter (name: lib.count (other: other == name) names > 1) names);

  # filesOf :: name -> [ file ], the modules that define a job of that name
  filesOf =
    name:
    lib.concatLists (
      lib.zipListsWith (
        file: jobs: lib.optional (lib.any (job: job.job_name or null == name) jobs) (toString file)
      ) option.files option.definitions
    );
in
{
  assertions = lib.mkIf cfg.enable (
    map (name: {
      assertion = false;
      message = ''
        services.prometheus.scrapeConfigs: more than one job is called `${name}', and Prometheus would not start.
        Defined in: ${lib.concatStringsSep ", " (filesOf name)}.
        Give the hand-written one another job_name; a job that Cistern writes bears the name of its exporter or kind.'';
    }) repeated
  );
}
