"""The shop's migration: fills redis once, says so, and ends; the API waits for its success."""

import sys

from resp import Redis

GOODS = ["apples", "bread", "cheese"]


def main():
    with Redis() as redis:
        if redis.ask("GET", "migration"):
            print("nothing to migrate")
            return 0
        redis.ask("RPUSH", "goods", *GOODS)
        redis.ask("SET", "migration", "done (schema 1)")
        print(f"added {len(GOODS)} goods")
        return 0


if __name__ == "__main__":
    sys.exit(main())
