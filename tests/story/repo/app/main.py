"""The board's API."""

from contextlib import asynccontextmanager

from fastapi import FastAPI
from sqlalchemy import func, select

from app.database import Session
from app.models import User


@asynccontextmanager
async def lifespan(_: FastAPI):
    with Session() as session:
        print(f"{session.scalar(select(func.count()).select_from(User))} users", flush=True)
    yield


app = FastAPI(title="Community board", lifespan=lifespan)


@app.get("/health")
def health():
    return {"status": "healthy"}
