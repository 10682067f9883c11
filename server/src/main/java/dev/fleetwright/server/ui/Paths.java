package dev.fleetwright.server.ui;

import dev.fleetwright.core.environment.Environment;
import dev.fleetwright.core.environment.EnvironmentName;
import dev.fleetwright.core.project.ProjectName;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/// Where pages are.
final class Paths {

  static final String TOKENS = "/tokens";
  static final String RUNNERS = "/runners";
  static final String TRAINS = "/trains";

  private Paths() {}

  static String project(ProjectName project) {
    return "/projects/" + project;
  }

  static String environment(ProjectName project, EnvironmentName environment) {
    return project(project) + "/environments/" + encoded(environment.value());
  }

  static String environment(Environment environment) {
    return environment(environment.project(), environment.name());
  }

  static String deploy(ProjectName project, long number) {
    return project(project) + "/deploys/" + number;
  }

  static String pipeline(ProjectName project, long number) {
    return project(project) + "/pipelines/" + number;
  }

  static String release(ProjectName project, long number) {
    return project(project) + "/releases/" + number;
  }

  static String job(ProjectName project, long id) {
    return project(project) + "/jobs/" + id;
  }

  static String train(long id) {
    return TRAINS + "/" + id;
  }

  /// A text as one segment of a path, or as one value of a query.
  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
