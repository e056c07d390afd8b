"""The board's API."""

from contextlib import asynccontextmanager

from fastapi import FastAPI

from app.accounts import first_administrator, router


@asynccontextmanager
async def lifespan(_: FastAPI):
    first_administrator()
    yield


app = FastAPI(title="Community board", lifespan=lifespan)
app.include_router(router)


@app.get("/health")
def health():
    return {"status": "healthy"}
