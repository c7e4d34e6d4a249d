// ApiServer on Boost.Asio and Beast: accepts, reads one request a connection, streams its events.
#include "orchestrator/supervise/api_server.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <set>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>

#include "orchestrator/supervise/api_request.hpp"
#include "orchestrator/supervise/api_socket.hpp"

namespace orchestrator {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using schemas::Error;
using schemas::ErrorKind;
using schemas::os_error;
using schemas::Result;

constexpr std::size_t kBodyLimit = 16U << 20U;
constexpr std::uint32_t kHeadLimit = 16U << 10U;
constexpr std::size_t kQueueLimit = 4U << 20U;  // unread answer of one client, then it is dropped
constexpr std::size_t kConnectionLimit = 256;
constexpr std::chrono::seconds kRequestTime{10};  // for a whole request to arrive
constexpr std::chrono::seconds kAcceptPause{1};   // after accept failed for want of descriptors

struct Connection;
using Connections = std::set<std::shared_ptr<Connection>>;

// One client. Handlers share it, so it outlives its place in `home`, which is empty once the
// server is gone.
struct Connection {
  Connection(asio::local::stream_protocol::socket accepted, ControlTarget& served,
             Connections& connections)
      : socket(std::move(accepted)),
        deadline(socket.get_executor()),
        target(served),
        home(&connections) {
    parser.body_limit(kBodyLimit);
    parser.header_limit(kHeadLimit);
  }

  asio::local::stream_protocol::socket socket;
  asio::steady_timer deadline;  // of the request's arrival
  ControlTarget& target;
  Connections* home;
  boost::beast::flat_buffer buffer{kHeadLimit + kBodyLimit};
  http::request_parser<http::string_body> parser;
  std::string queue;      // answer that the socket has not taken yet
  bool answering{false};  // the head is decided: what is queued may go out
  bool ending{false};     // nothing more will be queued
  bool waiting_to_write{false};
  std::array<char, 512> leftover{};  // what a client sends after its request is not used
};
using Shared = std::shared_ptr<Connection>;

void drop(const Shared& connection) {
  error_code ignored;
  connection->deadline.cancel();
  connection->socket.close(ignored);
  if (connection->home != nullptr) connection->home->erase(connection);
  connection->home = nullptr;
}

bool is_open(const Shared& connection) { return connection->socket.is_open(); }

// Writes what the socket takes now, so that an answer is in the kernel's hands even if the loop
// stops right after; waits for room only for the rest.
void flush(const Shared& connection) {
  std::string& queue = connection->queue;
  while (connection->answering && is_open(connection) && !queue.empty()) {
    const ssize_t sent = ::send(connection->socket.native_handle(), queue.data(), queue.size(),
                                MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && (errno != EAGAIN || queue.size() > kQueueLimit)) return drop(connection);
    if (sent < 0) {
      if (std::exchange(connection->waiting_to_write, true)) return;
      connection->socket.async_wait(asio::socket_base::wait_write,
                                    [connection](const error_code& error) {
                                      connection->waiting_to_write = false;
                                      if (!error) flush(connection);
                                    });
      return;
    }
    queue.erase(0, static_cast<std::size_t>(sent));
  }
  if (connection->answering && connection->ending && is_open(connection)) drop(connection);
}

// A whole answer that is no stream.
void answer(const Shared& connection, unsigned status, const std::string& body) {
  connection->deadline.cancel();
  connection->queue = fmt::format(
      "HTTP/1.1 {} {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n"
      "Connection: close\r\n\r\n{}",
      status, std::string_view(http::obsolete_reason(http::int_to_status(status))), body.size(),
      body);
  connection->answering = true;
  connection->ending = true;
  flush(connection);
}

void answer(const Shared& connection, const Error& error) {
  answer(connection, http_status_of(error.kind()), write_error_body(error));
}

class StreamSink : public EventSink {
 public:
  explicit StreamSink(const Shared& connection) : connection_(connection) {}

  void send(const schemas::Event& event) override {
    const std::string line = schemas::write_json(schemas::write_event(event)) + "\n";
    queue(fmt::format("{:x}\r\n{}\r\n", line.size(), line));
  }
  void close() override {
    const Shared connection = connection_.lock();
    queue("0\r\n\r\n");
    if (connection == nullptr || !is_open(connection)) return;
    connection->ending = true;
    flush(connection);
  }
  [[nodiscard]] bool open() const override {
    const Shared connection = connection_.lock();
    return connection != nullptr && is_open(connection) && !connection->ending;
  }
  // The request was refused: what came before is not for the client.
  void abandon() { connection_.reset(); }

 private:
  void queue(const std::string& chunk) {
    const Shared connection = connection_.lock();
    if (connection == nullptr || !is_open(connection) || connection->ending) return;
    connection->queue += chunk;
    flush(connection);
  }

  std::weak_ptr<Connection> connection_;
};

// Notices that a client has gone. One that only closed its sending side (poll(2): no POLLHUP)
// still reads.
void watch_for_leaving(const Shared& connection) {
  connection->socket.async_read_some(
      asio::buffer(connection->leftover), [connection](const error_code& error, std::size_t) {
        if (!is_open(connection)) return;
        if (!error) return watch_for_leaving(connection);
        pollfd state{connection->socket.native_handle(), POLLIN, 0};
        if (::poll(&state, 1, 0) < 1 || (state.revents & (POLLHUP | POLLERR)) != 0) {
          drop(connection);
        }
      });
}

void begin_stream(const Shared& connection, const ControlRequest& request) {
  auto sink = std::make_shared<StreamSink>(connection);
  auto taken = connection->target.submit(request, sink);
  if (!taken) {
    sink->abandon();
    connection->ending = false;
    return answer(connection, taken.error());
  }
  connection->queue.insert(0,
                           "HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\n"
                           "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n");
  connection->answering = true;
  flush(connection);
  if (is_open(connection)) watch_for_leaving(connection);
}

void serve(const Shared& connection) {
  connection->deadline.cancel();
  auto& message = connection->parser.get();
  const boost::beast::string_view method = message.method_string();
  const boost::beast::string_view target = message.target();
  auto request = read_control_request({method.data(), method.size()},
                                      {target.data(), target.size()}, message.body());
  message.body() = {};
  if (!request) return answer(connection, request.error());
  if (const auto* control = std::get_if<ControlRequest>(&*request)) {
    return begin_stream(connection, *control);
  }
  answer(connection, 200, schemas::write_json(connection->target.status()) + "\n");
}

// True when the request could not be read; the client is told, if it is still there.
bool refuse_unreadable(const Shared& connection, const error_code& error) {
  if (!error) return false;
  if (!is_open(connection)) return true;
  if (error == http::error::body_limit || error == http::error::buffer_overflow) {
    answer(connection, 413,
           write_error_body(Error(ErrorKind::Invalid, "the request is larger than 16 MiB")));
  } else if (error == http::error::header_limit) {
    answer(connection, 431,
           write_error_body(Error(ErrorKind::Invalid, "the head is larger than 16 KiB")));
  } else if (error.category() == make_error_code(http::error::bad_method).category() &&
             error != http::error::end_of_stream && error != http::error::partial_message) {
    answer(connection, Error(ErrorKind::Invalid, "this is no HTTP request: " + error.message()));
  } else {
    drop(connection);
  }
  return true;
}

void read_body(const Shared& connection) {
  http::async_read(connection->socket, connection->buffer, connection->parser,
                   [connection](const error_code& error, std::size_t) {
                     if (!refuse_unreadable(connection, error)) serve(connection);
                   });
}

void read_request(const Shared& connection) {
  connection->deadline.expires_after(kRequestTime);
  connection->deadline.async_wait([connection](const error_code& error) {
    if (!error && is_open(connection)) drop(connection);
  });
  http::async_read_header(connection->socket, connection->buffer, connection->parser,
                          [connection](const error_code& error, std::size_t) {
                            if (refuse_unreadable(connection, error)) return;
                            // RFC 9110, section 10.1.1: curl waits for this before a large body.
                            if (connection->parser.get()[http::field::expect] == "100-continue") {
                              constexpr std::string_view kGoOn = "HTTP/1.1 100 Continue\r\n\r\n";
                              (void)::send(connection->socket.native_handle(), kGoOn.data(),
                                           kGoOn.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
                            }
                            read_body(connection);
                          });
}

// unix(7), SO_PEERCRED: the file mode keeps others out, but a descriptor may have been passed on.
bool is_owner(const Shared& connection) {
  ucred peer{};
  socklen_t size = sizeof(peer);
  return ::getsockopt(connection->socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &peer, &size) ==
             0 &&
         (peer.uid == ::geteuid() || peer.uid == 0);
}

}  // namespace

struct ApiServer::State {
  State(asio::io_context& loop, ControlTarget& served)
      : acceptor(loop), pause(loop), target(served) {}

  void accept() {
    acceptor.async_accept(
        [this](const error_code& error, asio::local::stream_protocol::socket socket) {
          if (error == asio::error::operation_aborted) return;
          if (error) return accept_later();
          take(std::move(socket));
          accept();
        });
  }

  void accept_later() {
    pause.expires_after(kAcceptPause);
    pause.async_wait([this](const error_code& error) {
      if (!error) accept();
    });
  }

  void take(asio::local::stream_protocol::socket socket) {
    if (connections.size() >= kConnectionLimit) return;
    auto connection = std::make_shared<Connection>(std::move(socket), target, connections);
    connections.insert(connection);
    if (!is_owner(connection)) {
      return answer(connection, Error(ErrorKind::Denied, "only the supervisor's owner may ask"));
    }
    read_request(connection);
  }

  asio::local::stream_protocol::acceptor acceptor;
  asio::steady_timer pause;
  ControlTarget& target;
  Connections connections;
};

Result<runtime::FileDescriptor> create_api_socket(const std::string& path) {
  auto unfinished = SocketAddress::open(path + ".new");
  if (!unfinished) return pass_up(unfinished, "create the socket {}", path);
  runtime::FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return os_error(errno, "create the socket {}", path);
  const std::string name = path.substr(path.rfind('/') + 1);
  const std::string unfinished_name = name + ".new";
  const int directory = unfinished->directory().get();
  ::unlinkat(directory, unfinished_name.c_str(), 0);
  // On Linux a bound socket's file takes its mode from the socket's own inode and the umask.
  if (::fchmod(socket.get(), 0600) < 0 ||
      ::bind(socket.get(), unfinished->get(), unfinished->size()) < 0 ||
      ::fchmodat(directory, unfinished_name.c_str(), 0600, 0) < 0 ||
      ::listen(socket.get(), SOMAXCONN) < 0 ||
      ::renameat(directory, unfinished_name.c_str(), directory, name.c_str()) < 0) {
    return os_error(errno, "create the socket {}", path);
  }
  return socket;
}

ApiServer::ApiServer(asio::io_context& loop, runtime::FileDescriptor listening,
                     ControlTarget& target)
    : state_(std::make_unique<State>(loop, target)) {
  error_code error;
  state_->acceptor.assign(asio::local::stream_protocol(), listening.release(), error);
  if (!error) state_->accept();
}

ApiServer::~ApiServer() {
  error_code ignored;
  state_->acceptor.close(ignored);
  while (!state_->connections.empty()) drop(Shared(*state_->connections.begin()));
}

}  // namespace orchestrator
