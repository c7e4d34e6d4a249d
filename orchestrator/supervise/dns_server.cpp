// DnsServer on Boost.Asio: one coroutine a socket waits, plain functions answer.
#include "orchestrator/supervise/dns_server.hpp"

#include <array>
#include <chrono>
#include <map>
#include <random>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "network/fabric/answer.hpp"
#include "orchestrator/supervise/dns_exchange.hpp"

namespace orchestrator {

namespace asio = boost::asio;
using asio::ip::tcp;
using asio::ip::udp;
using boost::system::error_code;
using network::DnsBytes;

namespace {

constexpr auto kToken = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kMostForwarded = 256;       // at once, for one container
constexpr std::size_t kMostForwardedInAll = 512;  // each one holds a socket
constexpr std::size_t kMostConnections = 32;
constexpr std::chrono::seconds kTcpTime{3};      // for one whole query to arrive (CVE-2024-8418)
constexpr std::chrono::seconds kAcceptPause{1};  // after accept failed for want of descriptors
constexpr std::size_t kBurst = 64;               // datagrams answered before others have a turn

// One container's sockets. Coroutines share it: it outlives its removal until they have noticed.
struct Served {
  explicit Served(asio::io_context& loop) : datagrams(loop), acceptor(loop) {}
  udp::socket datagrams;
  tcp::acceptor acceptor;
  network::NameTable names;
  std::size_t forwarded{0};
  std::size_t connections{0};

  void close() {
    error_code ignored;
    datagrams.close(ignored);
    acceptor.close(ignored);
  }
};
using ServedPointer = std::shared_ptr<Served>;
using Respond = std::function<void(DnsBytes)>;

// An answer that a connection waits for.
struct Arrival {
  explicit Arrival(const asio::any_io_executor& executor)
      : wait(executor, asio::steady_timer::time_point::max()) {}
  asio::steady_timer wait;
  DnsBytes reply;
  bool here{false};
};

// Closes the connection when the time for one step is over, which ends whatever waits for it.
void close_after(asio::steady_timer& deadline, const std::shared_ptr<tcp::socket>& socket) {
  deadline.expires_after(kTcpTime);
  deadline.async_wait([socket](error_code cancelled) {
    error_code ignored;
    if (!cancelled) socket->close(ignored);
  });
}

DnsBytes failure(const DnsBytes& query, network::DnsCode code) {
  const auto read = network::read_dns_query(query);
  return read ? network::write_dns_code(query, *read, code) : DnsBytes{};
}

}  // namespace

class DnsServer::Implementation {
 public:
  Implementation(asio::io_context& loop, std::vector<DnsUpstream> upstreams)
      : loop_(loop), upstreams_(std::move(upstreams)), random_(std::random_device{}()) {}

  schemas::Result<> add(const schemas::ContainerName& container, network::DnsSockets sockets,
                        const std::weak_ptr<Implementation>& self) {
    const auto served = std::make_shared<Served>(loop_);
    error_code error;
    served->datagrams.assign(udp::v4(), sockets.udp.get(), error);
    if (!error) std::ignore = sockets.udp.release();
    if (!error) served->acceptor.assign(tcp::v4(), sockets.tcp.get(), error);
    if (!error) std::ignore = sockets.tcp.release();
    if (!error) served->datagrams.non_blocking(true, error);
    if (error)
      return schemas::fail(schemas::ErrorKind::Failed, "serve DNS for {}: {}", container,
                           error.message());
    remove(container);
    served_[container] = served;
    asio::awaitable<void> packets = serve_datagrams(self, served);
    asio::co_spawn(loop_, std::move(packets), asio::detached);
    asio::awaitable<void> connections = serve_connections(self, served);
    asio::co_spawn(loop_, std::move(connections), asio::detached);
    return {};
  }

  void remove(const schemas::ContainerName& container) {
    const auto found = served_.find(container);
    if (found == served_.end()) return;
    found->second->close();
    served_.erase(found);
  }

  void remove_all() {
    while (!served_.empty()) remove(schemas::ContainerName(served_.begin()->first));
  }

  void set_names(const schemas::ContainerName& container, network::NameTable names) {
    const auto found = served_.find(container);
    if (found != served_.end()) found->second->names = std::move(names);
  }

  void set_upstreams(std::vector<DnsUpstream> upstreams) { upstreams_ = std::move(upstreams); }

 private:
  static asio::awaitable<void> serve_datagrams(std::weak_ptr<Implementation> server,
                                               ServedPointer served);
  static asio::awaitable<void> serve_connections(std::weak_ptr<Implementation> server,
                                                 ServedPointer served);
  static asio::awaitable<void> serve_connection(std::weak_ptr<Implementation> server,
                                                ServedPointer served,
                                                std::shared_ptr<tcp::socket> socket);

  // Answers the waiting datagrams; false when the socket is of no more use.
  bool answer_datagrams(const ServedPointer& served);

  // Calls `respond` at once, later, or never (what is no query gets no answer).
  void handle(const ServedPointer& served, DnsBytes query, network::DnsTransport transport,
              Respond respond);

  asio::io_context& loop_;
  std::vector<DnsUpstream> upstreams_;
  std::minstd_rand random_;
  std::map<schemas::ContainerName, ServedPointer> served_;
  // For all containers together; an exchange may outlive us.
  std::shared_ptr<std::size_t> forwarded_{std::make_shared<std::size_t>(0)};
  std::array<std::byte, 4096> buffer_{};  // one for all: a datagram is dealt with before the next
};

void DnsServer::Implementation::handle(const ServedPointer& served, DnsBytes query,
                                       network::DnsTransport transport, Respond respond) {
  const auto shuffle = static_cast<std::uint32_t>(random_());
  auto verdict = network::answer(query, served->names, transport, shuffle);
  if (auto* reply = std::get_if<network::DnsReply>(&verdict)) {
    respond(std::move(reply->bytes));
    return;
  }
  const auto* forward = std::get_if<network::DnsForward>(&verdict);
  if (forward == nullptr) {
    respond({});
    return;
  }
  if (served->forwarded >= kMostForwarded || *forwarded_ >= kMostForwardedInAll) {
    respond(failure(query, network::DnsCode::Refused));
    return;
  }
  ++served->forwarded;
  ++*forwarded_;
  DnsExchange exchange{.query = query, .upstreams = upstreams_, .transport = transport};
  ask_upstreams(loop_, std::move(exchange),
                [served, in_all = forwarded_, query = std::move(query), limit = forward->limit,
                 respond = std::move(respond)](std::optional<DnsBytes> reply) {
                  --served->forwarded;
                  --*in_all;
                  if (reply)
                    respond(network::fit_dns_reply(std::move(*reply), limit));
                  else
                    respond(failure(query, network::DnsCode::ServFail));
                });
}

bool DnsServer::Implementation::answer_datagrams(const ServedPointer& served) {
  for (std::size_t count = 0; count < kBurst; ++count) {
    udp::endpoint asker;
    error_code error;
    const std::size_t size = served->datagrams.receive_from(asio::buffer(buffer_), asker, 0, error);
    if (error == asio::error::would_block) return true;
    if (error) return served->datagrams.is_open();
    DnsBytes query(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(size));
    handle(served, std::move(query), network::DnsTransport::Udp, [served, asker](DnsBytes reply) {
      error_code ignored;  // an asker that is gone, or does not read, asks again or not
      if (!reply.empty() && served->datagrams.is_open())
        served->datagrams.send_to(asio::buffer(reply), asker, 0, ignored);
    });
  }
  return true;
}

asio::awaitable<void> DnsServer::Implementation::serve_datagrams(
    std::weak_ptr<Implementation> server, ServedPointer served) {
  while (true) {
    const auto [failed] = co_await served->datagrams.async_wait(udp::socket::wait_read, kToken);
    const auto alive = server.lock();
    if (failed || !alive || !alive->answer_datagrams(served)) co_return;
  }
}

asio::awaitable<void> DnsServer::Implementation::serve_connections(
    std::weak_ptr<Implementation> server, ServedPointer served) {
  const auto executor = co_await asio::this_coro::executor;
  asio::steady_timer pause(executor);
  while (true) {
    const auto socket = std::make_shared<tcp::socket>(executor);
    const auto [failed] = co_await served->acceptor.async_accept(*socket, kToken);
    if (!served->acceptor.is_open() || server.expired()) co_return;
    if (failed) {
      pause.expires_after(kAcceptPause);
      std::ignore = co_await pause.async_wait(kToken);
      continue;
    }
    if (served->connections >= kMostConnections) continue;  // closes it
    ++served->connections;
    asio::awaitable<void> task = serve_connection(server, served, socket);
    asio::co_spawn(executor, std::move(task), asio::detached);
  }
}

asio::awaitable<void> DnsServer::Implementation::serve_connection(
    std::weak_ptr<Implementation> server, ServedPointer served,
    std::shared_ptr<tcp::socket> socket) {
  const auto executor = co_await asio::this_coro::executor;
  asio::steady_timer deadline(executor);
  while (true) {
    close_after(deadline, socket);
    std::array<unsigned char, 2> length{};
    const auto length_buffer = asio::buffer(length);
    const auto [no_length, two] = co_await asio::async_read(*socket, length_buffer, kToken);
    if (no_length) break;
    DnsBytes query(static_cast<std::size_t>(length[0] << 8U | length[1]));
    const auto query_buffer = asio::buffer(query);
    const auto [cut, all] = co_await asio::async_read(*socket, query_buffer, kToken);
    if (cut) break;
    deadline.cancel();  // upstreams have deadlines of their own
    // The answer may come at once or later: the wait ends with the timer that its arrival cancels.
    const auto arrival = std::make_shared<Arrival>(executor);
    if (const auto alive = server.lock()) {
      Respond respond = [arrival](DnsBytes reply) {
        arrival->reply = std::move(reply);
        arrival->here = true;
        arrival->wait.cancel();
      };
      alive->handle(served, std::move(query), network::DnsTransport::Tcp, std::move(respond));
    }
    if (!arrival->here) std::ignore = co_await arrival->wait.async_wait(kToken);
    const std::size_t size = arrival->reply.size();
    if (size == 0) break;
    const std::array<unsigned char, 2> head{static_cast<unsigned char>(size >> 8U),
                                            static_cast<unsigned char>(size & 0xffU)};
    const std::array<asio::const_buffer, 2> parts{asio::buffer(head), asio::buffer(arrival->reply)};
    close_after(deadline, socket);
    const auto [unsent, sent] = co_await asio::async_write(*socket, parts, kToken);
    if (unsent) break;
  }
  --served->connections;
}

DnsServer::DnsServer(asio::io_context& loop, std::vector<DnsUpstream> upstreams)
    : implementation_(std::make_shared<Implementation>(loop, std::move(upstreams))) {}

DnsServer::~DnsServer() { implementation_->remove_all(); }

schemas::Result<> DnsServer::add(const schemas::ContainerName& container,
                                 network::DnsSockets sockets) {
  return implementation_->add(container, std::move(sockets), implementation_);
}

void DnsServer::remove(const schemas::ContainerName& container) {
  implementation_->remove(container);
}

void DnsServer::set_names(const schemas::ContainerName& container, network::NameTable names) {
  implementation_->set_names(container, std::move(names));
}

void DnsServer::set_upstreams(std::vector<DnsUpstream> upstreams) {
  implementation_->set_upstreams(std::move(upstreams));
}

}  // namespace orchestrator
