package dev.fleetwright.server.http;

import dev.fleetwright.api.Failure;
import java.util.Optional;

/// What people see where the routes of this package have to show something.
public interface Screens {

  /// The page on which a token is entered. Its form posts the field `token`, and the hidden field
  /// `next` as it is given here, to `/login`.
  ///
  /// @param complaint why it is shown again
  /// @param next a path of this server to go to afterwards
  String login(Optional<String> complaint, String next);

  /// A request by a person that was not done.
  ///
  /// @param signedIn whether it may show the way to other pages
  String failure(int status, Failure failure, boolean signedIn);
}
