package dev.fleetwright.kubernetes.client;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/// Where objects of one kind are served.
///
/// @param apiVersion such as `v1` or `apps/v1`
/// @param plural such as `deployments`
/// @param namespaced whether its objects lie in namespaces
public record Resource(String apiVersion, String kind, String plural, boolean namespaced) {

  /// The path of all of them; in one namespace where they lie in namespaces.
  public String path(String namespace) {
    var root = apiVersion.indexOf('/') < 0 ? "/api/" : "/apis/";
    return root
        + apiVersion
        + (namespaced && !namespace.isEmpty() ? "/namespaces/" + segment(namespace) : "")
        + "/"
        + plural;
  }

  /// The path of one.
  public String path(String namespace, String name) {
    return path(namespace) + "/" + segment(name);
  }

  /// Names of RBAC objects may have `:` in them.
  private static String segment(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
