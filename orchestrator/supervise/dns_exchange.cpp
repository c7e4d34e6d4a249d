// Asking resolvers over connected sockets: the kernel drops what comes from anybody else, and a
// forged answer has to guess port and id.
#include "orchestrator/supervise/dns_exchange.hpp"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>

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

namespace orchestrator {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using asio::ip::udp;
using boost::system::error_code;
using network::DnsBytes;
using network::DnsCode;
using MaybeBytes = std::optional<DnsBytes>;

constexpr std::chrono::seconds kUpstreamTime{4};
constexpr std::size_t kMostUpstreams = 3;
constexpr auto kToken = asio::as_tuple(asio::use_awaitable);

template <typename Protocol>
typename Protocol::endpoint endpoint_of(const DnsUpstream& upstream) {
  return {asio::ip::address_v4(upstream.address.bits), upstream.port};
}

// Closes the socket when the time is over, which ends whatever waits for it. The socket is shared,
// because a timer that has just run out is still called after its coroutine ended.
template <typename Socket>
void close_after(asio::steady_timer& deadline, std::chrono::seconds time,
                 const std::shared_ptr<Socket>& socket) {
  deadline.expires_after(time);
  deadline.async_wait([socket](error_code cancelled) {
    if (cancelled) return;
    error_code ignored;
    socket->close(ignored);
  });
}

asio::awaitable<MaybeBytes> ask_over_udp(DnsUpstream upstream, const DnsBytes* query) {
  const auto executor = co_await asio::this_coro::executor;
  const auto socket = std::make_shared<udp::socket>(executor);
  error_code error;
  socket->open(udp::v4(), error);
  if (!error) socket->connect(endpoint_of<udp>(upstream), error);
  if (!error) socket->send(asio::buffer(*query), 0, error);
  if (error) co_return std::nullopt;
  asio::steady_timer deadline(executor);
  close_after(deadline, kUpstreamTime, socket);
  while (true) {
    const auto [failed] = co_await socket->async_wait(udp::socket::wait_read, kToken);
    if (failed) co_return std::nullopt;
    DnsBytes reply(4096);
    const std::size_t size = socket->receive(asio::buffer(reply), 0, error);
    if (error) co_return std::nullopt;  // ECONNREFUSED: nobody listens there
    reply.resize(size);
    // An answer to something else may be forged: the true one may still come.
    if (network::answers_query(reply, *query)) co_return reply;
  }
}

asio::awaitable<MaybeBytes> ask_over_tcp(DnsUpstream upstream, const DnsBytes* query) {
  const auto executor = co_await asio::this_coro::executor;
  const auto socket = std::make_shared<tcp::socket>(executor);
  asio::steady_timer deadline(executor);
  close_after(deadline, kUpstreamTime, socket);
  const auto endpoint = endpoint_of<tcp>(upstream);
  const auto [refused] = co_await socket->async_connect(endpoint, kToken);
  if (refused) co_return std::nullopt;
  DnsBytes request(query->size() + 2);
  request[0] = static_cast<std::byte>(query->size() >> 8U);
  request[1] = static_cast<std::byte>(query->size() & 0xffU);
  std::ranges::copy(*query, request.begin() + 2);
  const auto request_buffer = asio::buffer(request);
  const auto [unsent, sent] = co_await asio::async_write(*socket, request_buffer, kToken);
  if (unsent) co_return std::nullopt;
  std::array<unsigned char, 2> length{};
  const auto length_buffer = asio::buffer(length);
  const auto [no_length, two] = co_await asio::async_read(*socket, length_buffer, kToken);
  if (no_length) co_return std::nullopt;
  DnsBytes reply(static_cast<std::size_t>(length[0] << 8U | length[1]));
  const auto reply_buffer = asio::buffer(reply);
  const auto [cut, all] = co_await asio::async_read(*socket, reply_buffer, kToken);
  if (cut || !network::answers_query(reply, *query)) co_return std::nullopt;
  co_return reply;
}

bool is_worth_asking_another(const DnsBytes& reply) {
  const auto code = network::code_of(reply);
  return code == DnsCode::ServFail || code == DnsCode::Refused;
}

asio::awaitable<void> run(DnsExchange exchange, std::function<void(MaybeBytes)> done) {
  const std::array<std::byte, 2> asked_id{exchange.query[0], exchange.query[1]};
  MaybeBytes best;
  for (std::size_t index = 0; index < exchange.upstreams.size() && index < kMostUpstreams;
       ++index) {
    const DnsUpstream upstream = exchange.upstreams[index];
    // An id of our own for each: the asker's may be easy to guess.
    std::ignore = ::getrandom(exchange.query.data(), 2, 0);
    MaybeBytes reply;
    if (exchange.transport == network::DnsTransport::Udp)
      reply = co_await ask_over_udp(upstream, &exchange.query);
    const bool wants_tcp = exchange.transport == network::DnsTransport::Tcp ||
                           (reply && network::is_truncated(*reply));
    if (wants_tcp) {
      MaybeBytes whole = co_await ask_over_tcp(upstream, &exchange.query);
      if (whole) reply = std::move(whole);
    }
    if (!reply) continue;
    best = std::move(reply);
    if (!is_worth_asking_another(*best)) break;
  }
  if (best) {
    (*best)[0] = asked_id[0];
    (*best)[1] = asked_id[1];
  }
  done(std::move(best));
}

}  // namespace

void ask_upstreams(asio::io_context& loop, DnsExchange exchange,
                   std::function<void(MaybeBytes)> done) {
  asio::awaitable<void> task = run(std::move(exchange), std::move(done));
  asio::co_spawn(loop, std::move(task), asio::detached);
}

}  // namespace orchestrator
