package dev.fleetwright.adapters.local;

/// Ends the work on an order that cannot be carried out; what it had changed is put back then.
final class Refusal extends Exception {

  /// @param reason for people: what is wrong and what to do about it
  Refusal(String reason) {
    super(reason);
  }

  Refusal(String reason, Throwable cause) {
    super(reason, cause);
  }

  /// What is wrong and what to do about it.
  String reason() {
    return String.valueOf(getMessage());
  }
}
