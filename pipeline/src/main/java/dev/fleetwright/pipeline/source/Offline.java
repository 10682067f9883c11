package dev.fleetwright.pipeline.source;

import java.util.Optional;

/// Looks nowhere.
record Offline() implements Elsewhere {
  @Override
  public Answer<Commit> project(String path, Optional<String> ref) {
    return new Answer.NotLooked<>();
  }

  @Override
  public Answer<Commit> component(String host, String project, String version) {
    return new Answer.NotLooked<>();
  }

  @Override
  public Answer<String> remote(String url, Optional<String> integrity) {
    return new Answer.NotLooked<>();
  }

  @Override
  public Answer<String> template(String name) {
    return new Answer.NotLooked<>();
  }

  @Override
  public Answer<String> artifact(String job, String path) {
    return new Answer.NotLooked<>();
  }
}
