package dev.fleetwright.api;

/// The server answered, and the answer was no.
public final class RequestFailed extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final int status;
  private final transient Failure failure;

  /// @param status of HTTP
  public RequestFailed(int status, Failure failure) {
    super(failure.message());
    this.status = status;
    this.failure = failure;
  }

  /// The status of HTTP.
  public int status() {
    return status;
  }

  /// What is wrong and what to do about it.
  public Failure failure() {
    return failure;
  }
}
