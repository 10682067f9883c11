package dev.fleetwright.cli;

import picocli.CommandLine.Parameters;

/// Which environment a command is about.
final class EnvironmentParameters {

  @Parameters(index = "0", paramLabel = "PROJECT")
  private String project = "";

  @Parameters(index = "1", paramLabel = "ENVIRONMENT")
  private String environment = "";

  String project() {
    return project;
  }

  String environment() {
    return environment;
  }
}
